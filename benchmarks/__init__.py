"""Speed and memory beside a peer, measured in one run each; never asserted by a test."""
