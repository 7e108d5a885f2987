// README.md: java
