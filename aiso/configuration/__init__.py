"""The rules that the office keeps as versions: edited as a draft, published with a reason, never changed afterwards."""
