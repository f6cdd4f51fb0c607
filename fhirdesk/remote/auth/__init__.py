"""Sign-in with OAuth 2 client credentials: by a secret, or by a signed assertion (SMART Backend Services)."""
