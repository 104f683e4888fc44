/** The threads of a deployment. */
package dev.culvert.thread;
