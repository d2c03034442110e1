"""Stories of the demonstration about gates and those who rule at them."""
