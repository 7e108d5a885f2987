/** What Weft logs: to SLF4J, or to System.err. Not exported. */
package dev.weft.log;
