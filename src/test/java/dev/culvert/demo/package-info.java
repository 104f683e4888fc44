/**
 * The run command: Payara Micro with the built WAR in a JVM of its own, an upstream that counts,
 * one that simulates a language model, and a page that shows the count going on while the WAR is
 * redeployed.
 */
package dev.culvert.demo;
