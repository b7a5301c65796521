"""What people say on paper, at a meeting or by phone, entered for them and followed like everything else."""
