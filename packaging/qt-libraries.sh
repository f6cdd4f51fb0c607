#!/bin/sh
# What Qt needs from the system on Debian and Ubuntu: installed where that is allowed, else the exact line is printed.
# Usage: qt-libraries.sh PYTHON   (the interpreter that has PySide6)
set -u
OFFSCREEN="libglib2.0-0 libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3"
WINDOW="libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1"
FONTS="fonts-nanum"
works() { QT_QPA_PLATFORM=offscreen "$1" -c "import PySide6.QtWidgets as w; w.QApplication([])" 2>/dev/null; }
korean() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=ko)" ]; }
display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

[ "$(uname -s)" = Linux ] || exit 0
if works "$1" && korean && { ! display || ldconfig -p | grep -q libxcb-cursor; }; then exit 0; fi
LINE="apt-get install -y $OFFSCREEN $WINDOW $FONTS"
if command -v apt-get >/dev/null; then
    if [ "$(id -u)" = 0 ]; then SUDO=""; elif sudo -n true 2>/dev/null; then SUDO="sudo -n"; else SUDO=no; fi
    if [ "$SUDO" != no ]; then
        echo "Installing what Qt needs: $LINE"
        export DEBIAN_FRONTEND=noninteractive
        $SUDO $LINE >/dev/null 2>&1 || { $SUDO apt-get update -qq && $SUDO $LINE >/dev/null 2>&1; }
    fi
fi
works "$1" && exit 0
echo "Qt cannot start yet: some libraries of the system are missing. Install them and try again:" >&2
echo "    sudo $LINE" >&2
exit 3
