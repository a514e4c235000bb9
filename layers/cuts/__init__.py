"""What is cut into tiles, one file per set: functions from a zoom and a viewer's areas to source layers."""
