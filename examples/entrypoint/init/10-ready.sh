echo prepared > "$KEEPER_DATA/ready"
