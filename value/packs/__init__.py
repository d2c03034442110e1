"""Board packs: what one says, drawn as PDF, slides and workbook from what was kept when it was made."""
