/**
 * Finds the host of this JVM or boots it, and gives the gateway its typed view of it; loads early
 * what the deployment needs late.
 */
package dev.culvert.boot;
