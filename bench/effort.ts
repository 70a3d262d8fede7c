/** How much is measured: everything, or just enough to show that the bench works. */
export type Effort = 'full' | 'quick';
