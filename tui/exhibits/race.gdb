# Exhibit d: run this, then choose d in the menu. Compare the ticks (4.2 million are a millisecond).
catch motor
commands
  p $tick / 4200000
end
catch seek
commands
  p $tick / 4200000
end
