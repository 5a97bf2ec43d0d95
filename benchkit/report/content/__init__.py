"""The content of a report, as values: sections, sentences, tables, figures. The forms beside this room only lay them out."""
