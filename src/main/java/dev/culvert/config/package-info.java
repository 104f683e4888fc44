/**
 * MicroProfile Config made into validated, immutable records.
 *
 * <p>Everything is checked when it is read: a {@link dev.culvert.config.Settings} that exists is
 * sound. No type of servlet, CDI or JAX-RS is used here.
 */
package dev.culvert.config;
