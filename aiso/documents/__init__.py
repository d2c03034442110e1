"""Documents for print, set by typst."""
