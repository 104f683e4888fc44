/** Classes that tests put into WARs; they run in the server, not in the test's JVM. */
package dev.culvert.testkit.app;
