"""The initiative register: intake, owners, outcome metrics, tools, spreadsheet import."""
