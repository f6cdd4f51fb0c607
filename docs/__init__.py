"""The pages of the site. `build` is what makes the site of them."""
