"""Transactional outbox and notifications: what happened is stored with what changed, then told."""
