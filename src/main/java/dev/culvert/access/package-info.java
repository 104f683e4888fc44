/** The server's own security: who the caller is, and what he may do. */
package dev.culvert.access;
