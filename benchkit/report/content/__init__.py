"""What a report says, as values: sections, sentences, tables, figures. The forms beside this room only set them."""
