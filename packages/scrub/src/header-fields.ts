/** Header fields in the order and the case in which they were sent; a name can occur twice. */
export type Headers = [name: string, value: string][]
