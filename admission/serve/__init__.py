"""The HTTP side: it carries bytes and knows nothing of what they say. The only importer of aiohttp."""
