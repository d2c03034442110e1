"""Reading other people's spreadsheets: rows out of files, standard columns out of headers, values out of cells.

Nothing here touches the database: `actions.imports` does, with what these modules make of a file.
"""
