import { prisma, sql } from "./database";

interface OrderRow { id: number; customerId: number; placed: Date }

export const one = (request: { params: { id: string } }) =>
  prisma.order.findUnique({ where: { id: Number(request.params.id) } });

export const page = (last: number): Promise<OrderRow[]> =>
  sql`SELECT * FROM orders WHERE id > ${last} ORDER BY id LIMIT 100`;

export const store = (customerId: number) =>
  sql`INSERT INTO orders (customer_id) VALUES (${customerId})`;
