// src/site/markdown/first-program.md: java
