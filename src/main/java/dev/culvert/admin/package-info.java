/** What a deployment shows to its administrators over HTTP, below {@code /admin}. */
package dev.culvert.admin;
