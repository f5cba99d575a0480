"""The rules of each type, by what the type is for. Types that are emitted stand in one of them, each."""
