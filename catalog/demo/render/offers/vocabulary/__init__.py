"""What the shop's words are called by its suppliers: types, materials, colours, features and measures."""
