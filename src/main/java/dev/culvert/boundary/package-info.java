/**
 * The border between the two planes: one interface and the records whose {@link
 * dev.culvert.boundary.Fields field maps} cross it.
 *
 * <p>Both planes hold their own copy of this package, loaded by different class loaders. Nothing
 * but JDK types (and the server's own request, as {@code Object}) passes from one to the other, so
 * neither plane can keep the other's classes alive.
 */
package dev.culvert.boundary;
