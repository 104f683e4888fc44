/** Ordinary HTTP requests to upstreams: shared clients, and exchanges that hold no body whole. */
package dev.culvert.http;
