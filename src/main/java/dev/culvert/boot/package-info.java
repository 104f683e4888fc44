/** Finds the host of this JVM or boots it, and gives the gateway its typed view of it. */
package dev.culvert.boot;
