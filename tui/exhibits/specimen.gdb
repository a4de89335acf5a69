# Exhibit a: run this, then choose a in the menu (or: key a, key enter, continue).
# Stops at the specimen's first instruction, at each stage of its installation, and when it has gone resident.
echo Base memory and INT 13h before:\n
p word[0:413]
x/2xh 0:4c
tbreak 0:7c00 if byte[0:7c06] == 0xd0
commands
  silent
  echo \nThe specimen has been loaded in place of a boot sector:\n
  x/6i 0:7c00
  echo It is about to lower the word at 0:413:\n
  watch word[0:413]
  watch dword[0:4c]
end
