/**
 * The two handshakes of an upgraded connection and their headers, as functions of values: what the
 * client asked, what the upstream is told, what its answer means for the client.
 *
 * <p>The order of use: {@link dev.culvert.handshake.ClientHandshake#check}, {@link
 * dev.culvert.handshake.Origins#check}, {@link dev.culvert.handshake.UpstreamRequest#build}, the
 * dial, {@link dev.culvert.handshake.UpstreamResponse#judge}. Each step either goes on or ends in a
 * {@link dev.culvert.handshake.Refusal}, which says what the client is told.
 *
 * <p>No I/O, no clock, no state: everything here is safe for use by any thread. No type of servlet,
 * CDI or JAX-RS is used.
 */
package dev.culvert.handshake;
