; What the app has put elsewhere goes with it: the entry by which Windows starts it at login, named by the app's id.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "app.llm-interactive-proxy"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "app.llm-interactive-proxy"
  ${endIf}
!macroend
