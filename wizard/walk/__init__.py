"""The wizard's walk, known to no screen: its steps, where each answer and finding belongs, drafts saved as they are typed."""
