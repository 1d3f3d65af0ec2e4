"""Short names of contents: other bytes have another name."""

__all__ = ["digest"]

try:
    # What hashlib hands on; hashlib itself loads OpenSSL, which takes as long as to parse five modules.
    from _blake2 import blake2b
except ImportError:  # an interpreter that keeps it elsewhere
    from hashlib import blake2b


def digest(data: bytes, size: int = 16) -> str:
    """Return the name of `data`, BLAKE2b in hexadecimal digits (RFC 7693): two for each of `size` bytes."""
    return blake2b(data, digest_size=size).hexdigest()
