"""What every feature uses; imports none of them."""
