"""Words and tables from a Summary: terminal, JSON, the plan. Pure but for the console that is handed in; sends nothing."""
