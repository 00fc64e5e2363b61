"""The engine on locks in memory, its models and its checks."""
