"""The page shell and what every page is made of: navigation, markup, forms, errors, health."""
