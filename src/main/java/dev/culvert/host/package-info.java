/**
 * The host plane: what lives once per JVM, from the first deployment to the exit, and outlasts
 * every redeploy. It knows connections and the rules by which they end, and nothing of the gateway.
 */
package dev.culvert.host;
