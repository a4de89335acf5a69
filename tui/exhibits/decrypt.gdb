# Exhibit b: run this, then choose b in the menu. Stops before the loop, and again where it ends.
tbreak 1000:8 if word[1000:4] == 0x32
commands
  silent
  echo \nThe loop, and behind it what is still encrypted:\n
  x/12i 1000:23
  echo It will have ended when the next stop comes (continue):\n
  tbreak 1000:32
  commands
    silent
    echo \nNow it has decrypted what stands behind it:\n
    x/12i 1000:32
    x/s 1000:51
  end
end
