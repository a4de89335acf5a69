# Exhibit c: run this, then choose c in the menu. If the CPU is too fast, the machine stops at the divide error.
catch exception 0
commands
  echo \nDX:AX is the number of loops in one tick, CX the number of units:\n
  p $dx * 65536 + ($ax & 0xffff)
  p $cx
  p ($dx * 65536 + ($ax & 0xffff)) / $cx
end
