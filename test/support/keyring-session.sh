#!/bin/sh
# Runs a Secret Service with an unlocked keyring on the D-Bus session that this script is started in, and does to it what
# the lines of standard input say. Ends, and ends the service, when standard input does: nothing is left behind when a
# test run is killed. keyring.ts speaks to it.

running() {
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'
}

start() {
  # The empty line is the password of the keyring, which is made the first time.
  printf '\n' | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
  keyring=$!
  tries=0
  until running; do
    tries=$((tries + 1))
    [ "$tries" -le 200 ] || { echo 'gnome-keyring-daemon did not come up within 10 s' >&2; exit 1; }
    sleep 0.05
  done
}

# Not asked politely: while a prompt is open it would take its time. What it keeps is on disk already.
stop() {
  kill -KILL "$keyring" && wait "$keyring"
} 2>/dev/null

start
echo "$DBUS_SESSION_BUS_ADDRESS"
while read -r order; do
  case $order in
    lock)
      dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
        org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
      ;;
    stop) stop ;;
    restart) stop; start ;;
    freeze) kill -STOP "$keyring" ;;
    thaw) kill -CONT "$keyring" ;;
  esac
  echo "$order"
done
stop
