"""What the benchmark of tiles needs: a filled database, servers, and who asks them."""
